"""Makes ``python -m salesinsight`` the same as the command ``salesinsight``."""

from salesinsight.cli import main

if __name__ == "__main__":
    main()
