"""What is new out there: feeds, the way to their pages, and the archive of what was fetched.

A map of the room; import what you need from its module, for none is imported here.

=============  =======================================================================================
`poll`         one poll of one feed: `poll(feed, fetcher, now, known=…)` → `Polled`
`schedule`     pure: `is_due`, `after_poll`, `address_to_poll` – the rhythm and the health of feeds
`feeds`        pure: `parse_feed(body, url=…, now=…)` → `ParsedFeed`; by feedparser, `jsonfeed`, `sitemap`
`bounds`       pure: what no feed has, refused by counting before anything is parsed
`announce`     pure: items of any format → announcements, with their fingerprints
`links`        pure: addresses as feeds write them → those they mean, freed of Google Alerts and the like
`xmltext`      pure: bytes → XML that a parser takes; `guess` tells the encoding
`prune`        pure: what feedparser is to see of a feed; `entries`: what it tells → items
`dates`        pure: `feed_date(text)` – dates as feeds write them
`plain`        pure: `plain_text(markup)`
`discover`     pure: `discover_feeds(page)`, `well_known_feeds(url)`
`opml`         pure: `read_opml(body)`, `write_opml(feeds, title, now)`
`fetch`        `Fetcher(FetchLimits(…))`: the one way out to the web, made of
`guard`        – no connection into a network, whatever the address says; `ranges` is its table
`pace`         – one connection per host, with a pause between two
`robots`       – robots.txt (RFC 9309)
`revisit`      pure: when a known page is visited again, and which first
`manners`      – pure: what a host's answers ask of us, and for how long
`connector`    – aiohttp's connections, over the guard's sockets
`unpack`       – pure: bodies decoded within bounds, and told whole from broken off
`headers`      – Retry-After, Cache-Control and others, read with distrust
`order`        pure: which of two reports came first: `place_of`, `told_at`
`archive`      `Archive(directory)`: `write`, `latest`, `note`; `read_warc(path)`
`catalogue`    `catalogue_of(paths)`: where in an archive each page and note stands
`replay`       `read_jsonl(path)`: articles from a file of JSON lines
=============  =======================================================================================
"""
