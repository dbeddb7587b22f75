"""Clocks of deliveries that run in working days, over the calendar of `esign.public.calendars`."""
