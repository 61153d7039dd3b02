"""The process that runs connectors: takes what comes, keeps it on the disk, hands it to the database."""
