"""What those who run the harbour look at: the audit trail and what could not be delivered."""
