"""The foundation: settings, database, blobs, keys, logs, clock. The shell around the pure rooms."""
