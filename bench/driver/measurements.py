"""What is measured on the data path, how its figures are read, and what they have to reach."""

from dataclasses import dataclass
from statistics import median
from typing import Callable

from .places import NAMESPACE

EVERYWHERE = ("direct", "raw", "mirrord")
# UDP does not pass kubectl port-forward.
WITHOUT_RAW = ("direct", "mirrord")


@dataclass(frozen=True)
class Measurement:
    """One line for `load client`; `quick` and `wan` are the same with less work."""

    name: str
    line: str
    quick: str
    wan: str | None
    paths: tuple = EVERYWHERE
    once: bool = False


MEASUREMENTS = [
    Measurement(
        "latency", "latency -n 6000 -warm-up 1000", "latency -n 1500 -warm-up 500", "latency -n 200 -first 20"
    ),
    Measurement(
        "new-connection",
        "new-connection -n 800 -warm-up 200",
        "new-connection -n 300 -warm-up 100",
        "new-connection -n 100 -first 20",
    ),
    Measurement("download", "download -mib 256", "download -mib 128", "download -mib 64"),
    Measurement("upload", "upload -mib 256", "upload -mib 128", "upload -mib 64"),
    Measurement(
        "beside-download",
        "beside-download -n 150 -warm-up 50 -first 20",
        "beside-download -n 100 -first 20",
        "beside-download -n 60 -first 20",
    ),
    Measurement("connections-1000", "connections -n 1000", "connections -n 1000", "connections -n 100"),
    Measurement("connections-10000", "connections -n 10000", "connections -n 10000", None, once=True),
    Measurement(
        "dns-cached",
        f"dns -n 2000 -warm-up 200 -name server.{NAMESPACE}.svc.cluster.local",
        f"dns -n 500 -warm-up 100 -name server.{NAMESPACE}.svc.cluster.local",
        f"dns -n 200 -first 20 -name server.{NAMESPACE}.svc.cluster.local",
        WITHOUT_RAW,
    ),
    Measurement(
        "dns-cold",
        f"dns -n 600 -warm-up 100 -name 10-%d-%d-%d.{NAMESPACE}.pod.cluster.local",
        f"dns -n 300 -warm-up 100 -name 10-%d-%d-%d.{NAMESPACE}.pod.cluster.local",
        f"dns -n 100 -first 20 -name 10-%d-%d-%d.{NAMESPACE}.pod.cluster.local",
        WITHOUT_RAW,
    ),
]
NAMES = [m.name for m in MEASUREMENTS]


@dataclass(frozen=True)
class Figure:
    """One row. `limit` computes from the run's own figures what mirrord's has to reach."""

    label: str
    measurement: str
    keys: tuple
    unit: str
    limit: Callable | None = None
    says: str = ""
    more_is_better: bool = False
    cold: bool = False


WARM50, WARM99 = ("warm", "p50"), ("warm", "p99")
RATE = ("megabytesPerSecond",)
LATENCY = "request, kept-alive connection, "
NEW = "request on a new connection, "

FIGURES = [
    Figure(LATENCY + "p50", "latency", WARM50, "ms", lambda v: v("latency", WARM50, "raw") + 0.15, "raw + 0.15"),
    Figure(LATENCY + "p99", "latency", WARM99, "ms", lambda v: v("latency", WARM99, "raw") + 1, "raw + 1"),
    Figure(LATENCY + "first 100, p50", "latency", ("first", "p50"), "ms", cold=True),
    Figure(LATENCY + "first 100, p99", "latency", ("first", "p99"), "ms", cold=True),
    Figure(NEW + "p50", "new-connection", WARM50, "ms", lambda v: v("new-connection", WARM50, "raw"), "raw"),
    Figure(NEW + "p99", "new-connection", WARM99, "ms"),
    Figure(NEW + "first 100, p50", "new-connection", ("first", "p50"), "ms", cold=True),
    Figure(
        "download", "download", RATE, "MB/s",
        lambda v: 0.9 * v("download", RATE, "raw"), "0.9 x raw", more_is_better=True,
    ),
    Figure(
        "upload", "upload", RATE, "MB/s",
        lambda v: 0.9 * v("download", RATE, "raw"), "0.9 x raw download", more_is_better=True,
    ),
    Figure(
        "request beside a download, p50", "beside-download", WARM50, "ms",
        lambda v: 1.5 * v("beside-download", WARM50, "raw"), "1.5 x raw",
    ),
    Figure("the first download", "download", RATE, "MB/s", cold=True, more_is_better=True),
    Figure("the first upload", "upload", RATE, "MB/s", cold=True, more_is_better=True),
    Figure("request beside a download, p99", "beside-download", WARM99, "ms"),
    Figure(
        "the download meanwhile", "beside-download", ("bulkMegabytesPerSecond",), "MB/s", more_is_better=True
    ),
    Figure("1,000 connections opened and kept", "connections-1000", ("secondsToOpen",), "s"),
    Figure("of them lost", "connections-1000", ("lost",), ""),
    Figure("10,000 connections opened and kept", "connections-10000", ("secondsToOpen",), "s"),
    Figure("of them lost", "connections-10000", ("lost",), "", lambda _: 0, "0"),
    Figure("DNS, cached, p50", "dns-cached", WARM50, "ms", lambda _: 0.2, "0.2"),
    Figure("DNS, cached, p99", "dns-cached", WARM99, "ms"),
    Figure(
        "DNS, cold, p50", "dns-cold", WARM50, "ms",
        lambda v: v("dns-cold", WARM50, "direct")
        + v("latency", WARM50, "raw") - v("latency", WARM50, "direct") + 0.2,
        "direct + (raw - direct request) + 0.2",
    ),
    Figure("DNS, cold, p99", "dns-cold", WARM99, "ms"),
]  # fmt: skip

class Results:
    """Answers of all rounds: {measurement: {"cold": {path: answer}, "rounds": [{path: answer}]}}."""

    def __init__(self, measured):
        self.measured = measured

    def _rounds(self, measurement, cold=False):
        of = self.measured.get(measurement, {"cold": {}, "rounds": []})
        return [of["cold"]] if cold else of["rounds"]

    def value(self, measurement, keys, path, cold=False):
        found = [self._value(r.get(path), keys) for r in self._rounds(measurement, cold)]
        values = [value for value in found if value is not None]
        return median(values) if values else None

    def ratio(self, measurement, keys, path, base, cold=False):
        """Median of the ratios of rounds, each of which ran on both paths one after the other."""
        ratios = []
        for r in self._rounds(measurement, cold):
            top, bottom = self._value(r.get(path), keys), self._value(r.get(base), keys)
            if top is not None and bottom:
                ratios.append(top / bottom)
        return median(ratios) if ratios else None

    def errors(self, measurement, path):
        rounds = [*self._rounds(measurement, True), *self._rounds(measurement)]
        answers = [r.get(path) or {} for r in rounds]
        return [answer["error"] for answer in answers if "error" in answer]

    @staticmethod
    def _value(answer, keys):
        for key in keys:
            answer = (answer or {}).get(key)
        return answer
