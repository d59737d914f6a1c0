"""salesinsight."""
