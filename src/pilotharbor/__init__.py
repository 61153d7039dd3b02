"""PilotHarbor 中试港: the operating system of a shared pilot-plant platform."""
