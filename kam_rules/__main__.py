"""`python -m kam_rules` is `kam-rules`."""

from kam_rules.cli.main import main

if __name__ == "__main__":
    main()
