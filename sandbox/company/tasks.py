"""The tasks that the company's stages run, with what their logs say. Used by the set-up of the pipelines."""

from dataclasses import replace

from sandbox.company.pipelines import Task

USE_PYTHON = Task(
    "Use Python 3.11",
    "UsePythonVersion",
    "0.248.1",
    8,
    {"versionSpec": "3.11", "addToPath": "true", "architecture": "x64"},
    ("##[error]Version spec 3.11 for architecture x64 did not match any version in Agent.ToolsDirectory.",),
    ("Found tool in cache: Python 3.11.9 x64", "Prepending PATH environment variable with directory: /opt/py/3.11"),
)
INSTALL_CLI = Task(
    "Install Azure ML CLI",
    "AzureCLI",
    "2.247.2",
    46,
    {"azureSubscription": "harbour-mlops", "scriptType": "bash", "inlineScript": "az extension add -n ml -y"},
    (
        "ERROR: HTTPSConnectionPool(host='aka.ms', port=443): Read timed out. (read timeout=10)",
        "##[error]Script failed with exit code: 1",
    ),
    ("azure-cli 2.64.0", "Default enabled including preview versions for extension installation now.", "ml 2.30.1"),
)
VALIDATE = Task(
    "Validate input schema",
    "AzureCLI",
    "2.247.2",
    35,
    {"azureSubscription": "harbour-mlops", "scriptPath": "ci/validate_schema.py"},
    ("KeyError: 'wind_gust_ms'", "##[error]Schema of the sample differs from the one the model was trained on."),
    ("12 columns, 2,400 rows", "Schema v4 accepted"),
    continue_on_error=True,
)
SHADOW = Task(
    "Replay yesterday's traffic",
    "AzureCLI",
    "2.247.2",
    240,
    {"azureSubscription": "harbour-mlops", "scriptPath": "ci/replay_traffic.py", "arguments": "--hours 24"},
    ("3 of 9,412 requests answered 500", "##[error]Error rate 0.03 % is above the limit of 0.02 %."),
    ("9,412 requests read from the store", "p50 21 ms, p95 58 ms", "\x1b[32mno answer differs by more than 5 %\x1b[0m"),
)


def deploy(name: str, endpoint: str, *, seconds: float, config: str, arguments: str = "", cluster: str = "") -> Task:
    """The task that puts the model behind an endpoint; with a `cluster`, as a web service of the legacy kind."""
    return Task(
        name,
        "AMLModelDeploy",
        "0.1.37",
        seconds,
        {
            "azureSubscription": "harbour-mlops",
            "modelSourceType": "manualSpec",
            "inferencePath": "$(System.DefaultWorkingDirectory)/deploy/inferenceConfig.yml",
            "deploymentTarget": config.split("Deployment")[0].upper(),
            "deploymentName": endpoint,
            **({"aksCluster": cluster} if cluster else {}),
            "deployConfig": f"$(System.DefaultWorkingDirectory)/deploy/{config}",
            "overwriteExistingDeployment": "true",
            "additionalArguments": arguments,
        },
        (
            "##[error]Deployment failed: timeout waiting for readiness probe on port 5001",
            "ContainerGroupState: Running, instance restart count 0",
            "##[error]Process exited with code 1. Raise readiness timeout in " + config,
        ),
        (
            f"az ml online-deployment create -g mlops -w mlops_ws -e {endpoint} -f {config} --token ***",
            "Model found in registry",
            "Scaler found in registry",
            "Building image from environment AzureML-sklearn-1.5",
            "Image sha256:77de41c0 pushed in 46.8 s",
            "##[warning]Readiness timeout is 60 s, container start-up was 58 s last time",
            "Waiting for container... 30 s",
            "Waiting for container... 60 s",
            "\x1b[36mscore.py init(): done in 41.2 s\x1b[0m",
        ),
    )


def test(name: str, endpoint: str) -> Task:
    """The task that asks the endpoint a few questions."""
    return Task(
        name,
        "AzureCLI",
        "2.247.2",
        55,
        {"azureSubscription": "harbour-mlops", "scriptPath": "ci/test_endpoint.py", "arguments": f"--name {endpoint}"},
        (
            "AssertionError: expected 200, got 502 for sample 14",
            f"##[error]{endpoint} answered 1 of 40 samples with an error.",
        ),
        ("40 samples sent", "accuracy on samples 0.95", "p95 44 ms"),
    )


def named(task: Task, name: str) -> Task:
    """The same task under another name."""
    return replace(task, name=name)
