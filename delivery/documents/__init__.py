"""Documents of deliveries as PDF, set from values by typst."""
