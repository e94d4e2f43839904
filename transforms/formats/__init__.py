"""What several platforms share: dialects and containers."""
