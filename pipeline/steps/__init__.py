"""The named steps that the embedded runner and the DAGs share, in the order news takes them.

``services``  what the steps work with: record, index, archive, clock
``enrol``     topics and their feeds enter the record
``poll``      feeds are asked; what they announce waits in the inbox
``read``      pages are fetched, archived, read and matched
``judge``     copies, stories, figures, verdicts and alerts, one article at a time in order of arrival
``publish``   what changed is written to the index
``tell``      mails of what is due in the outbox; digests
``replay``    an archive plays the part of poll and read
``explain``   why anything is what it is
"""
