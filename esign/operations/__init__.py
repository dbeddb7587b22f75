"""What operators decide, recorded in the trail like everything else."""
