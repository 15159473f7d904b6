"""``python -m decision_widgets`` is the command ``decision``."""

import sys

from decision_widgets.command import main

if __name__ == "__main__":
    sys.exit(main())
