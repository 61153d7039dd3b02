"""State-secret markings are refused by the kernel, for every command; lists ask row by row."""

from pilotharbor.kernel.secrecy import StateSecretRefused, marking_in, refuse_state_secrets

__all__ = ["StateSecretRefused", "marking_in", "refuse_state_secrets"]
