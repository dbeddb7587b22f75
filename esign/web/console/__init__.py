"""The console of the insurer's staff, at `/console`: pages behind a login, each for the roles that it names."""
