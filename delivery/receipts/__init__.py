"""The receipt: whom a policy reaches, the link, the document that is signed, the ceremony, what came of it."""
