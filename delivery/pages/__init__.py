"""The pages of the room: for customers behind their link, and for staff at the console."""
