"""Names of variables and task inputs as teams write them, and what of an endpoint's deployment they mean."""

import pytest

from releases.queries.asked_settings import asked_for
from releases.queries.setting_names import Setting, meaning_of, same, value_of

TABLE = [
    ("MIN_REPLICAS", "2", Setting.MIN_INSTANCES, 2),
    ("minReplicas", "2", Setting.MIN_INSTANCES, 2),
    ("min-replicas", "2", Setting.MIN_INSTANCES, 2),
    ("autoscale_min_replicas", "2", Setting.MIN_INSTANCES, 2),
    ("AKS_AUTOSCALE_MAX_REPLICAS", "6", Setting.MAX_INSTANCES, 6),
    ("prod.maxInstances", "6", Setting.MAX_INSTANCES, 6),
    ("K8S_MAX_REPLICAS", "6", Setting.MAX_INSTANCES, 6),
    ("TARGET_UTILIZATION", "70", Setting.TARGET_UTILIZATION, 70),
    ("autoscale_target_utilization", "70 %", Setting.TARGET_UTILIZATION, 70),
    ("targetUtilisation", "0.7", Setting.TARGET_UTILIZATION, 70),
    ("INSTANCE_COUNT", "3", Setting.INSTANCE_COUNT, 3),
    ("numReplicas", "3", Setting.INSTANCE_COUNT, 3),
    ("instanceType", "Standard_DS3_v2", Setting.INSTANCE_TYPE, "Standard_DS3_v2"),
    ("CPU_CORES", "1", Setting.CPU, 1),
    ("cpu", "500m", Setting.CPU, 0.5),
    ("MEMORY_GB", "2", Setting.MEMORY, 2),
    ("memoryInGB", "0.5", Setting.MEMORY, 0.5),
    ("MEMORY", "2Gi", Setting.MEMORY, 2),
    ("memory", "512Mi", Setting.MEMORY, 0.5),
    ("MEMORY_MB", "2048", Setting.MEMORY, 2),
    ("gpuCores", "1", Setting.GPU, 1),
    ("MAX_CONCURRENT_REQUESTS", "4", Setting.CONCURRENCY, 4),
    ("max_concurrent_requests_per_container", "4", Setting.CONCURRENCY, 4),
    ("maxConcurrentRequestsPerInstance", "4", Setting.CONCURRENCY, 4),
    ("SCORING_TIMEOUT_MS", "60000", Setting.TIMEOUT, 60_000),
    ("requestTimeoutMs", "60000", Setting.TIMEOUT, 60_000),
    ("REQUEST_TIMEOUT_SECONDS", "60", Setting.TIMEOUT, 60_000),
    ("scoringTimeout", "PT1M", Setting.TIMEOUT, 60_000),
    ("request_timeout", "1.5 s", Setting.TIMEOUT, 1500),
    ("maxQueueWaitMs", "500", Setting.QUEUE_WAIT, 500),
    ("max_queue_wait", "PT0.5S", Setting.QUEUE_WAIT, 500),
    ("AUTH", "Key", Setting.AUTH, "key"),
    ("auth_enabled", "true", Setting.AUTH, "key"),
    ("AUTH_ENABLED", "False", Setting.AUTH, "none"),
    ("authMode", "aml_token", Setting.AUTH, "aml_token"),
    ("APP_INSIGHTS_ENABLED", "true", Setting.APP_INSIGHTS, True),
]


@pytest.mark.parametrize(("name", "text", "setting", "value"), TABLE, ids=[row[0] for row in TABLE])
def test_a_name_means_a_setting_and_its_value_is_in_that_settings_unit(name, text, setting, value):
    meaning = meaning_of(name)
    assert meaning is not None
    assert meaning.setting is setting
    found = value_of(text, meaning)
    assert found is not None
    assert same(found, value)


@pytest.mark.parametrize(
    "name",
    ["namespace", "endpointKey", "MODEL_NAME", "system.debug", "CPU_VENDOR", "memoryLeakTicket", "", "prod", "a" * 999],
)
def test_other_names_mean_nothing(name):
    assert meaning_of(name) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SCORING_TIMEOUT", "60"),
        ("MIN_REPLICAS", "two"),
        ("MIN_REPLICAS", "$(UNKNOWN)"),
        ("MEMORY_GB", "lots"),
        ("AUTH", "perhaps"),
        ("APP_INSIGHTS", ""),
        ("TARGET_UTILIZATION", "[masked]"),
        ("CPU_CORES", "nan"),
        ("scoringTimeout", "PT"),
    ],
)
def test_a_value_that_does_not_say_it_for_sure_is_not_guessed(name, text):
    meaning = meaning_of(name)
    assert meaning is not None
    assert value_of(text, meaning) is None


def test_a_tasks_input_goes_before_a_variable_and_a_stages_before_the_releases():
    asked = asked_for(
        tasks=[{"name": "Deploy", "inputs": {"additionalArguments": '--min-replicas 3 --cpu="2"', "memory_gb": 4}}],
        stage={"MIN_REPLICAS": {"value": "1"}, "MAX_REPLICAS": {"value": "6"}},
        release={"MAX_REPLICAS": {"value": "9"}, "AUTH": {"value": "key"}},
    )
    assert {setting: (one.value, one.source) for setting, one in asked.items()} == {
        Setting.MIN_INSTANCES: (3, "task Deploy, --min-replicas"),
        Setting.CPU: (2, "task Deploy, --cpu"),
        Setting.MEMORY: (4, "task Deploy, memory_gb"),
        Setting.MAX_INSTANCES: (6, "variable MAX_REPLICAS of the stage"),
        Setting.AUTH: ("key", "variable AUTH of the release"),
    }


def test_a_variable_named_in_an_input_is_looked_up_whatever_its_case_and_a_circle_ends():
    asked = asked_for(
        tasks=[{"name": "Deploy", "inputs": {"arguments": "--cpu $(cpu_cores) --gpu $(LOOP)"}}],
        stage={"CPU_CORES": {"value": "$(usual)"}, "LOOP": {"value": "$(LOOP)1"}},
        release={"USUAL": {"value": "2"}},
    )
    assert (asked[Setting.CPU].value, asked[Setting.CPU].source) == (2, "task Deploy, --cpu $(cpu_cores)")
    assert asked[Setting.GPU].value is None


def test_a_secret_is_never_told_and_a_disabled_task_asks_nothing():
    asked = asked_for(
        tasks=[{"name": "Off", "enabled": False, "inputs": {"cpu": "8"}}, {"name": "Odd", "inputs": None}],
        stage={"MEMORY_GB": {"value": None, "isSecret": True}, "AUTH": None},
        release={},
    )
    assert (asked[Setting.MEMORY].value, asked[Setting.MEMORY].text) == (None, "secret")
    assert Setting.CPU not in asked
