"""`python -m mailward`: the same as the command `mailward`.

Knows: nothing.  Does not know: anything.  Called by: the interpreter.
"""

from mailward.cli import main

if __name__ == "__main__":
    main()
