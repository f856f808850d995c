"""Markdown tables of a run."""

from statistics import median

from .measurements import FIGURES, NAMES, WARM50, Results


def number(value, unit=""):
    if value is None:
        return "–"
    if unit == "":
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def verdict(value, limit, more_is_better=False):
    if value is None or limit is None:
        return ""
    return "yes" if (value >= limit if more_is_better else value <= limit) else "**no**"


def data_path(rounds, round_trip=None):
    """`round_trip` in ms is given for the long line."""
    results = Results(rounds)
    lines = [
        "| What | direct | raw | mirrord | mirrord / raw | to reach | reached |",
        "|---|---|---|---|---|---|---|",
    ]
    for figure in FIGURES:
        if figure.measurement not in rounds:
            continue
        cells = []
        for path in ("direct", "raw", "mirrord"):
            value = results.value(figure.measurement, figure.keys, path, figure.cold)
            failed = value is None and results.errors(figure.measurement, path)
            cells.append("failed" if failed else number(value, figure.unit))
        ratio = results.ratio(figure.measurement, figure.keys, "mirrord", "raw", figure.cold)
        limit, says = limit_of(figure, results, round_trip)
        value = results.value(figure.measurement, figure.keys, "mirrord", figure.cold)
        order = "≥" if figure.more_is_better else "≤"
        label = figure.label.replace("first 100", "first 20") if round_trip else figure.label
        lines.append(
            f"| {label}{', ' + figure.unit if figure.unit else ''} | {' | '.join(cells)} | {number(ratio, 'x')} "
            f"| {f'{order} {says} = {number(limit, figure.unit)}' if limit is not None else ''} "
            f"| {verdict(value, limit, figure.more_is_better)} |"
        )
    beside = [loaded_to_quiet(results, path) for path in ("direct", "raw", "mirrord")]
    if any(beside):
        cells = " | ".join(number(value, "x") for value in beside)
        lines.append(f"| request beside a download / without one, p50 | {cells} | | | |")
    for name in NAMES:
        for path in ("direct", "raw", "mirrord"):
            for error in sorted(set(results.errors(name, path)))[:3]:
                lines.append(f"\n{name}, {path}: {error}")
    return "\n".join(lines)


def loaded_to_quiet(results, path):
    loaded, quiet = (results.value(name, WARM50, path) for name in ("beside-download", "latency"))
    return loaded / quiet if loaded and quiet else None


def limit_of(figure, results, round_trip):
    function, says = figure.limit, figure.says
    if round_trip and (figure.measurement, figure.keys) == ("latency", WARM50):
        function, says = (lambda _: round_trip + 1), "round trip + 1"
    if function is None:
        return None, ""
    try:
        return function(results.value), says
    except TypeError:  # the figure that it is compared with is missing
        return None, ""


def start(rounds):
    lines = ["| Start, s | median | least | most | to reach | reached |", "|---|---|---|---|---|---|"]
    labels = {
        "bare": "bare pod, create to Running",
        "docker": "`docker run --rm IMAGE true`",
        "mirrord": "`mirrord container … -- docker run --rm IMAGE true`, command to end",
    }
    values = {key: [r[key] for r in rounds if r.get(key) is not None] for key in labels}
    for key, label in labels.items():
        if not values[key]:
            continue
        limit = median(values["bare"]) + 0.6 if key == "mirrord" and values["bare"] else None
        lines.append(
            f"| {label} | {median(values[key]):.2f} | {min(values[key]):.2f} | {max(values[key]):.2f} "
            f"| {f'≤ bare pod + 0.6 = {limit:.2f}' if limit else ''} | {verdict(median(values[key]), limit)} |"
        )
    return "\n".join(lines)


def memory(figures):
    lines = [
        "| MiB | idle: RSS | of it anonymous | under load: RSS | of it anonymous | reached (96, 64 anonymous; 160) |",
        "|---|---|---|---|---|---|",
    ]
    for role in ("agent", "sidecar", "CLI"):
        idle, load = figures["idle"].get(role), figures["load"].get(role)
        if not idle or not load:
            continue
        reached = idle["rss"] <= 96 and idle["anonymous"] <= 64 and load["rss"] <= 160
        lines.append(
            f"| {role} | {idle['rss']:.0f} | {idle['anonymous']:.0f} | {load['rss']:.0f} | {load['anonymous']:.0f} "
            f"| {'yes' if reached else '**no**'} |"
        )
    return "\n".join(lines)


def cpu(figures):
    """figures[(measurement, path)] is a list of (bytes, {role: seconds})."""
    columns = list(figures)
    per_gigabyte = {
        column: {
            role: sum(s.get(role, 0) for _, s in runs) / (sum(b for b, _ in runs) / 1e9)
            for role in {role for _, s in runs for role in s}
        }
        for column, runs in figures.items()
    }
    roles = sorted({role for column in per_gigabyte.values() for role in column if role != "machine"})
    lines = [
        "| CPU seconds per GB | " + " | ".join(f"{name}, {path}" for name, path in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    for role in [*roles, "machine"]:
        cells = [per_gigabyte[column].get(role, 0) for column in columns]
        if max(cells) >= 0.05:
            label = "whole machine, softirqs too" if role == "machine" else role
            lines.append(f"| {label} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    return "\n".join(lines)
