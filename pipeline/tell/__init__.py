"""What to tell whom, when, and in which words.

``rules``      which news is an alert
``outbox``     which alerts go into one mail, and when
``schedule``   quiet hours and digest periods on a wall clock
``words``      numbers, claims and times as people read them
``mails``      an alert mail
``health``     which feeds are ill enough to tell of
``feeds``      the mail that tells of them
``digest``     a digest, as a mail and as a page
``charts``     the pictures of a digest
``sender``     who sends: addresses, Message-IDs, headers
``delivery``   mails become files or go to an SMTP server
``wants``      whether a recipient wants something
``channels``   what a channel gets; ``payload`` and ``webhook`` for webhooks, ``short`` and ``chat`` for Apprise

All of it is pure but ``delivery``, ``webhook`` and ``chat``.
"""
