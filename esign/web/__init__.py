"""Pages for people: the ceremony on a phone, from the link to the sealed copy, with small modules beside."""
