"""The one public door: all that business packages (policy, delivery, claims) use of esign, and nothing beside it.

events     what a room records and hears: event forms, streams, consumers, projections
errors     the base of a room's errors
values     people, ID numbers, texts in two languages, canonical JSON, for pure code
calendars  working days by the State Council: one dated table for all rooms
decisions  decision tables of a room: read strictly, asked, with a trace that is kept
typesetting  what documents are set with
rows       tables: base, columns, rights on PostgreSQL
envelopes  having something signed, how it stands, the sealed document
places     where a signature or seal stands in a document
documents  documents of the insurer's own: sealed, judged, kept so that they can be erased
pictures   photographs of papers, read in quarantine, with the bar codes on them
institutions  the tree of institutions
people     people's data: sealed records that can be found and erased
codes      one-time codes to somebody's phone
messages   what a room writes to people, in both languages
work       what is done later, again and again, or until it is done
api        resources of the REST API: operations, scopes, codes
console    pages for staff: who may come, entries at the top
pages      pages for customers, each behind a link that was sent
commands   commands of a room, with the house open; counting over an exported trail
figures    months, spreads, shares and rows of CSV, so that all rooms count alike
charts     charts as SVG, for pages
house      what a room is given in a process: all of these over what is open
room       what a room hands in: one value, to the composition root

esign imports no room. Which rooms there are is known to the composition root alone (ADR 0056).
"""
