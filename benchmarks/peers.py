"""The others: how each does a job in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import made
from columns import CONNECTIONS, Command, Found, Job, Phase, installed
from measure import Done

_TASK = Path(__file__).resolve().with_name("inspect_task.py")


class LmEval:
    """EleutherAI's lm-evaluation-harness.

    Args:
        python: of its environment.
    """

    name = "lm-eval"

    def __init__(self, python: Path) -> None:
        self._python = python

    def version(self) -> str:
        """Return the package's version."""
        return f"lm-eval {installed(self._python, 'lm_eval')}"

    def env(self, folder: Path, url: str) -> Mapping[str, str]:
        """Return an environment without network."""
        return _offline(folder)

    def command(self, job: Job, url: str, folder: Path, phase: Phase) -> Command:
        """Return ``lm_eval run``; a run that must survive being killed needs its cache."""
        (folder / "tasks").mkdir(exist_ok=True)
        (folder / "tasks" / f"{job.name}.yaml").write_text(json.dumps(_task(job)), "utf-8")  # JSON is YAML
        path = "chat/completions" if job.kind == "chat" else "completions"
        options = f"model=made,base_url={url}/{path},num_concurrent={CONNECTIONS}"
        if job.tokenizer:
            options += f",tokenizer_backend=huggingface,tokenizer={job.tokenizer},max_length=32768"
        chat: Command = ["--apply_chat_template"] if job.kind == "chat" else []
        cache: Command = ["--use_cache", folder / "cache"] if phase != "once" else []
        model = "local-chat-completions" if job.kind == "chat" else "local-completions"
        head: Command = [
            self._python.with_name("lm_eval"),
            "run",
            "--model",
            model,
            "--model_args",
            options,
            *chat,
            *cache,
        ]
        tasks: Command = ["--tasks", job.name, "--include_path", folder / "tasks"]
        return [*head, *tasks, "--output_path", folder / "results", "--log_samples"]

    def found(self, job: Job, folder: Path, done: Done) -> Found:
        """Return what its results file says."""
        files = sorted((folder / "results").glob("**/results_*.json"))
        if done.code or not files:
            return Found(None, 0)
        said = json.loads(files[-1].read_text("utf-8"))
        score = next(v for k, v in said["results"][job.name].items() if k.startswith(("exact_match,", "acc,")))
        return Found(score, said["n-samples"][job.name]["effective"])


class Inspect:
    """The UK AI Security Institute's Inspect.

    Args:
        python: of its environment.
    """

    name = "inspect"

    def __init__(self, python: Path) -> None:
        self._python = python

    def version(self) -> str:
        """Return the package's version."""
        return f"inspect-ai {installed(self._python, 'inspect_ai')}"

    def env(self, folder: Path, url: str) -> Mapping[str, str]:
        """Return an environment without network, that names the server."""
        return {**_offline(folder), "MADE_API_KEY": "x", "MADE_BASE_URL": url}

    def command(self, job: Job, url: str, folder: Path, phase: Phase) -> Command:
        """Return ``inspect eval``, or ``eval-retry`` of the killed run's log."""
        most: Command = ["--max-connections", str(CONNECTIONS), "--log-dir", folder / "logs", "--display", "plain"]
        program = self._python.with_name("inspect")
        if phase == "again":
            return [program, "eval-retry", max((folder / "logs").glob("*.eval")), *most]
        task: Command = [
            f"{_TASK}@chat",
            "-T",
            f"data={job.data}",
            "--model",
            "openai-api/made/made",
        ]
        return [program, "eval", *task, "--max-samples", str(CONNECTIONS), *most]

    def found(self, job: Job, folder: Path, done: Done) -> Found:
        """Return what its log says; a task that stopped leaves with 0 all the same."""
        log = max((folder / "logs").glob("*.eval"), key=lambda path: path.stat().st_mtime, default=None)
        if log is None:
            return Found(None, 0)
        dump = [str(self._python.with_name("inspect")), "log", "dump", "--header-only", str(log)]
        said = json.loads(subprocess.run(dump, env=dict(_offline(folder)), capture_output=True, check=True).stdout)
        if said["status"] != "success":
            return Found(None, (said.get("results") or {}).get("completed_samples", 0))
        results = said["results"]
        return Found(results["scores"][0]["metrics"]["accuracy"]["value"], results["completed_samples"])


def _offline(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HARNESS", "PYTHON", "HF_"))}
    quiet = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    # What they prepare from the data is kept beside the runs, and is no result.
    home = {"HF_HOME": str(folder.parent / "hf"), "TOKENIZERS_PARALLELISM": "false"}
    return {**kept, **quiet, **home, "OPENAI_API_KEY": "x", "NO_PROXY": "127.0.0.1"}


def _task(job: Job) -> dict[str, object]:
    files = {"test": str(job.data)}
    task: dict[str, object] = {
        "task": job.name,
        "dataset_path": "json",
        "test_split": "test",
        "metadata": {"version": 1},
    }
    if job.kind == "ranked":
        files["dev"] = str(job.folder / f"{job.name}-shots.jsonl")
        return {
            **task,
            "dataset_kwargs": {"data_files": files},
            "output_type": "multiple_choice",
            "fewshot_split": "dev",
            "num_fewshot": made.SHOTS,
            "fewshot_config": {"sampler": "first_n"},
            "doc_to_text": "Question: {{question}}\nAnswer:",
            "doc_to_choice": "{{choices}}",
            "doc_to_target": "{{answer}}",
            "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
        }
    options = "{% for o in options %}{{'ABCDEFGHIJ'[loop.index0]}}. {{o}}\n{% endfor %}"
    letter = {"function": "regex", "regex_pattern": r"answer is \(?([A-J])\)?"}
    return {
        **task,
        "dataset_kwargs": {"data_files": files},
        "output_type": "generate_until",
        "doc_to_text": f'{{{{question}}}}\nOptions:\n{options}Finish with "The answer is (X)".',
        "doc_to_target": "{{'ABCDEFGHIJ'[answer]}}",
        "generation_kwargs": {"until": ["\n\n"], "do_sample": False, "temperature": 0, "max_gen_toks": 64},
        "filter_list": [{"name": "letter", "filter": [letter, {"function": "take_first"}]}],
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }
