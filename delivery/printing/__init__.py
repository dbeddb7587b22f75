"""The print centre and the way of paper: runs and their files, cover sheets, lists, parcels, scanning."""
