"""The hotline: an agent finds the policy, takes the report, sends the link or a surveyor, and calls back in time."""
