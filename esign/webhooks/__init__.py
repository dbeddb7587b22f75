"""Webhooks: clients' endpoints, and telling them what happened (Standard Webhooks)."""
