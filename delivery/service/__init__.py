"""What is done about deliveries: streams, rows, what is heard of the trail, the daily sweep, messages."""
