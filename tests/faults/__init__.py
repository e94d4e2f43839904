"""Faults: whatever happens to the machine, nothing is lost, and the next night mends it.

    python -m tests.faults [ROW …] [--trials N] [--seed N]    run rows of the bar; what was done is not done again
    python -m tests.faults --report                           write the figures into docs/reliability.md

`tests/test_faults.py` is the short form.
"""
