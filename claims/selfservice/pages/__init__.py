"""The pages of customers: `/r/claims/report` for whoever has no link, `/r/claims/<link>` for all else."""
