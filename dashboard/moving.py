"""The way from the v1 `AksDeploymentConfig` to a Kubernetes online deployment: a table for the page that explains it.

docs/clusters.md holds the same rows; a test compares them.
"""

from typing import NamedTuple


class Step(NamedTuple):
    """One v1 setting, where it is today, and what to know about it."""

    before: str
    today: str
    note: str


STEPS = (
    Step(
        "autoscale_enabled", "scale_settings.type: target_utilization", "`default` stands for a fixed number of pods."
    ),
    Step("autoscale_min_replicas", "scale_settings.min_instances", ""),
    Step("autoscale_max_replicas", "scale_settings.max_instances", ""),
    Step("autoscale_target_utilization", "scale_settings.target_utilization_percentage", "Per cent, as before."),
    Step("autoscale_refresh_seconds", "scale_settings.polling_interval", "Seconds."),
    Step("num_replicas", "instance_count", "Without autoscale only."),
    Step("cpu_cores", "resources.requests.cpu", 'Text: "0.1" or "100m".'),
    Step("cpu_cores_limit", "resources.limits.cpu", ""),
    Step("memory_gb", "resources.requests.memory", 'Text with its unit: 0.5 becomes "0.5Gi".'),
    Step("memory_gb_limit", "resources.limits.memory", ""),
    Step("gpu_cores", 'resources.limits."nvidia.com/gpu"', "Or an instance type that has one."),
    Step("scoring_timeout_ms", "request_settings.request_timeout_ms", "Azure stores 60000 as PT1M."),
    Step("replica_max_concurrent_requests", "request_settings.max_concurrent_requests_per_instance", ""),
    Step(
        "max_concurrent_requests_per_container",
        "request_settings.max_concurrent_requests_per_instance",
        "Called maxConcurrentRequestsPerContainer in the configuration file.",
    ),
    Step("max_request_wait_time", "request_settings.max_queue_wait_ms", "Azure stores 500 as PT0.5S."),
    Step("auth_enabled", "auth_mode of the endpoint", "true becomes key. There is no endpoint without sign-in."),
    Step("token_auth_enabled", "auth_mode of the endpoint", "true becomes aml_token."),
    Step("collect_model_data", "data_collector", "Asked for per deployment."),
    Step("enable_app_insights", "app_insights_enabled", ""),
    Step("namespace", "namespace of the attached compute", "Set once, when the cluster is attached."),
    Step(
        "period_seconds, initial_delay_seconds, timeout_seconds, success_threshold, failure_threshold",
        "liveness_probe and readiness_probe",
        "The same numbers, for each of the two probes.",
    ),
    Step("service name", "endpoint name", "3 to 32 characters; traffic goes to deployments behind it."),
)
