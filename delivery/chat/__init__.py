"""The daily list in an institution's group chat: opened for one by name, posted once a day, numbers and ids alone."""
