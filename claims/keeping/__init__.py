"""What the room keeps on people: for the copy that they ask for, and until when it is kept."""
