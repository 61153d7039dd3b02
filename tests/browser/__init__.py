"""The same stories in real Chromium."""
