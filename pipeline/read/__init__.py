"""read: from a page to an article.

    page        the whole way: bytes in, a `Reading` out; the same for articles that a replay gives
    decode      is it a web page at all, and in which encoding
    body        the text of the article out of the page
    boilerplate which lines of that text are the site's and not the article's
    jsonld      what the page says of itself to search engines
    metadata    the arbiter: of all that speaks for a title, a date, an author …, whom to believe
    titles, names, dates, language
                what each kind of candidate is worth
    phrases     the words of walls
    teaser      is this the article, or a paywall, a consent wall, a check for robots
    match       is it coverage of a topic, and why
    workers     child processes under limits, for work on what strangers wrote

Everything but ``workers`` is pure: no clock, no network, no store; the same page read at the same moment gives the same
reading. The libraries that take long to import are imported when the first page is read.
"""
