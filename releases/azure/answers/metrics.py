"""What Azure Monitor tells of a resource: one metric with its time series, each told apart by its dimensions.

https://learn.microsoft.com/rest/api/monitor/metrics/list
"""

from msgspec import field

from releases.azure.answers.base import Answer, Many, Moment, Text


class MetricName(Answer):
    """A name as programs know it."""

    value: Text = ""


class MetricDimension(Answer):
    """One dimension of a series with its value. Azure writes the names of dimensions in lower case."""

    name: MetricName | None = None
    value: Text = ""


class MetricPoint(Answer):
    """The value of one stretch; `average` is None where nothing was measured."""

    time_stamp: Moment = None
    average: float | None = None


class TimeSeries(Answer):
    """The values of one combination of dimensions."""

    metadatavalues: Many[MetricDimension] = field(default_factory=list)
    data: Many[MetricPoint] = field(default_factory=list)

    def dimension(self, name: str) -> str:
        """The value of a dimension, whatever the case of its name."""
        found = (one.value for one in self.metadatavalues if one.name and one.name.value.lower() == name.lower())
        return next(found, "")


class MetricAnswer(Answer):
    """One metric of the answer."""

    name: MetricName
    timeseries: Many[TimeSeries] = field(default_factory=list)
