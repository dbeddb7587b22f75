"""The customer's phone: how a loss is reported, photographed, assessed, agreed to and followed."""
