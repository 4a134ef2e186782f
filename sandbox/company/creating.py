"""Makes releases: takes the versions of the artifacts, names the release, lays its stages and starts the first of them.

Called by whatever triggers a release and by `verbs` for people and the API.
"""

from collections.abc import Iterator
from dataclasses import replace

from sandbox.company import deploying
from sandbox.company.artifacts import ArtifactVersion, Build, Commit
from sandbox.company.people import Person
from sandbox.company.pipelines import ArtifactSource, Pipeline, Revision
from sandbox.company.releases import Done, Environment, Plan, Reason, Release, Truth
from sandbox.company.world import World

Plans = dict[tuple[int, int], Plan]


def latest(world: World, source: ArtifactSource) -> ArtifactVersion:
    """The newest version of an artifact; StopIteration while there is none, which the founding rules out."""
    return next(offered(world, source))


def offered(world: World, source: ArtifactSource) -> Iterator[ArtifactVersion]:
    """The versions of an artifact one may choose from, newest first."""
    if source.kind == "model":
        versions = reversed(world.registry.models[source.definition].versions)
        return (of_model(source, version.version) for version in versions if not version.archived)
    if source.kind == "build":
        return (of_build(source, build) for build in reversed(world.builds[source.definition]))
    return (of_commit(source, commit) for commit in reversed(world.repositories[source.definition].main))


def of_model(source: ArtifactSource, number: str) -> ArtifactVersion:
    """A registered version as a version of the artifact, written the way its connection writes it."""
    full = f"{source.definition}:{number}"
    return ArtifactVersion(
        source, full if source.prefixed == "id" else number, full if source.prefixed == "name" else number
    )


def of_commit(source: ArtifactSource, commit: Commit, pull_request: int | None = None) -> ArtifactVersion:
    """A commit as a version; Azure shows the first eight characters."""
    branch = f"refs/pull/{pull_request}/merge" if pull_request else "main"
    return ArtifactVersion(
        source, commit.id, commit.id[:8], branch, commit.id, pull_request=pull_request, message=commit.message
    )


def of_build(source: ArtifactSource, build: Build) -> ArtifactVersion:
    """A build as a version."""
    return ArtifactVersion(source, str(build.id), build.number, build.branch, build.commit, build=build)


def create(
    world: World,
    pipeline: Pipeline,
    *,
    reason: Reason,
    by: Person,
    wanted_by: Person | None = None,
    why: Truth,
    chosen: dict[str, ArtifactVersion] | None = None,
    description: str | None = None,
    manual_stages: tuple[str, ...] = (),
    is_draft: bool = False,
    plans: Plans | None = None,
) -> Release:
    """A new release; versions not chosen are the newest ones."""
    now, revision = world.clock.now, pipeline.current
    artifacts = [_flagged(v, revision, why, reason) for v in _versions(world, revision, chosen or {})]
    number = world.ids.next("release")
    release = Release(
        id=number,
        name=_name(world, pipeline, revision),
        pipeline=pipeline,
        revision=revision,
        reason=reason,
        created_on=now,
        created_by=by,
        created_for=wanted_by or by,
        modified_on=now,
        modified_by=by,
        description=_description(revision, why, artifacts) if description is None else description,
        artifacts=artifacts,
        truth=_known(why, revision, reason, artifacts),
        status="draft" if is_draft else "active",
        plans=plans or {},
        scripted=plans is not None,
    )
    release.environments = _environments(world, release, manual_stages)
    release.changes = _changes(world, release)
    release.history.append(Done(now, by, "Create", release.name, release.description))
    world.shelf.add_release(release)
    pipeline.last_release = release.id
    world.tell("created", release=release)
    if not is_draft:
        deploying.start_first_stages(world, release)
    return release


def _versions(world: World, revision: Revision, chosen: dict[str, ArtifactVersion]) -> list[ArtifactVersion]:
    return [chosen.get(source.alias) or latest(world, source) for source in revision.artifacts]


def _flagged(version: ArtifactVersion, revision: Revision, why: Truth, reason: Reason) -> ArtifactVersion:
    triggered = reason == "continuousIntegration" and version.alias == why.alias
    return replace(version, flag=revision.flags_triggering_artifact) if triggered else version


def _name(world: World, pipeline: Pipeline, revision: Revision) -> str:
    pipeline.numbered += 1
    name = revision.name_format.replace("$(rev:r)", str(pipeline.numbered))
    return name.replace("$(Date:yyyyMMdd)", world.clock.now.strftime("%Y%m%d"))


def _description(revision: Revision, why: Truth, artifacts: list[ArtifactVersion]) -> str:
    if why.alias is None or not revision.describes_trigger:
        return ""
    version = next(v for v in artifacts if v.alias == why.alias)
    return f"Triggered by {version.source.definition} {version.name}."


def _known(why: Truth, revision: Revision, reason: Reason, artifacts: list[ArtifactVersion]) -> Truth:
    """What a careful reader of Azure's answer can know: the flag, else the only trigger, else the description."""
    if reason != "continuousIntegration":
        return replace(why, known_kind="unknown" if reason == "none" else why.kind, known_alias=None)
    sources = {source.alias for source in revision.artifacts if revision.starts_on_artifact(source.alias)}
    told = any(v.flag for v in artifacts) or sources == {why.alias} or revision.describes_trigger
    return replace(why, known_kind=why.kind if told else "unknown", known_alias=why.alias if told else None)


def _environments(world: World, release: Release, manual_stages: tuple[str, ...]) -> list[Environment]:
    manual = {name.lower() for name in manual_stages}
    return [
        Environment(
            world.ids.next("environment"),
            spec,
            release,
            release.created_on,
            release.created_on,
            starts_by_itself=spec.name.lower() not in manual,
        )
        for spec in release.revision.stages
    ]


def _changes(world: World, release: Release) -> list[Commit]:
    code = next((v for v in release.artifacts if v.commit), None)
    last = release.pipeline.last_release
    if code is None or code.commit is None or code.pull_request:
        return []
    repository = world.repositories[world.plans[release.pipeline.id].repository]
    before = next((v.commit for v in world.shelf.release(last).artifacts if v.commit), None) if last else None
    return [] if before == code.commit else repository.between(before, code.commit)
