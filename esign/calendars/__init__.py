"""Working days by the State Council's calendar: what is announced is known, what is not is `UnknownYear`. Pure but for
the reading of the table."""
