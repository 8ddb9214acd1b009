"""What a person is told when the machine, and not the market, stands in the way."""

import errno


class Trouble(Exception):
    """One sentence that says what is wrong and, where there is one, the way out."""


def sentence(problem: OSError) -> str:
    """The machine's own complaint in words a person can act on."""
    where = f" at {problem.filename}" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full{where}."
    if problem.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"this user may not write{where}."
    return f"{problem.strerror or problem}{where}."
