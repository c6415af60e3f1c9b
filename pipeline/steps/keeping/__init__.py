"""What keeps an installation in order: the doctor, certificates, clocks, set-up and backups."""
