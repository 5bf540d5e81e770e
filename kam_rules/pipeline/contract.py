"""Hold data against the contract of a policy: every failure, what rows mean together, and the answers that are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kam_rules.model.book import Controls
from kam_rules.model.errors import Finding
from kam_rules.model.progress import Progress
from kam_rules.model.run import Run
from kam_rules.pipeline.alike import Pair, likely
from kam_rules.pipeline.controls import differences
from kam_rules.pipeline.findings import data_findings, mapping_findings, rounding_findings
from kam_rules.pipeline.together import told_together
from kam_rules.pipeline.worklist import Answer, work_list


@dataclass(frozen=True, slots=True)
class Contract:
    """Data as the contract of a policy finds them.

    Attributes:
        run: the accounts, decided so that it is known which answers matter.
        failures: one finding for each kind of fault in each column.
        ledger: where the accounts differ from the ledger of record.
        together: what is odd about rows that only show it together, and about the data file.
        pairs: accounts that are likely one customer.
        answers: what is missing, by owner.
    """

    run: Run
    failures: tuple[Finding, ...]
    ledger: tuple[Finding, ...]
    together: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    answers: tuple[Answer, ...]

    @property
    def grave(self) -> bool:
        """Whether a row is refused, or the ledger says something else."""
        return bool(self.ledger) or any(finding.level == "error" for finding in self.failures)


def contract(run: Run, controls: Controls | None, progress: Progress) -> Contract:
    """Return what there is to say of the data of a run.

    Args:
        run: accounts that were decided without being held against the ledger.
        controls: what the ledger of record says.
        progress: called with the number of accounts looked at since its last call.
    """
    program, book = run.ready.program, replace(run.book, source=replace(run.book.source, controls=controls))
    pairs = likely(book, program.base)
    together = (*told_together(book, program), *mapping_findings(book), *rounding_findings(book), *_alike(pairs))
    ledger = tuple(differences(book, program.minor))
    run = replace(run, book=book)
    return Contract(run, data_findings(book, program), ledger, together, pairs, work_list(run, progress))


def _alike(pairs: tuple[Pair, ...]) -> tuple[Finding, ...]:
    if not pairs:
        return ()
    first = pairs[0]
    message = (
        f"{len(pairs):,} pair{'s' if len(pairs) > 1 else ''} of accounts may be one customer, such as "
        f"{first.account_id} '{first.name}' (row {first.row}) and {first.other_id} '{first.other_name}' (row {first.other_row})"
    )
    return (Finding("KR443", message, None, "look at each pair: merge them at the source, or let them be; nothing was merged", "note"),)
