# Makes the emulator do what AWS documents, where it does otherwise by itself and it can be helped: a token for each attempt,
# heartbeats that are missed, closed tokens by their other name, and a repeated start that is answered with the execution
# that runs. serve.py imports it when it is asked to.
#
# Source: AWS Step Functions API reference, `StartExecution`, `SendTaskSuccess`; States Language, `HeartbeatSeconds`.

import contextvars
import json
import threading
import time
import uuid

from ministack.services import stepfunctions as sfn

CLOSED = "Task Timed Out: 'Provided task does not exist anymore'"

invoke = sfn._invoke_with_callback
refuse = sfn.error_response_json
start = sfn._start_execution


def miss(token, seconds, ended):
    """Fails an attempt of which nothing was heard for so long."""
    heard, since = None, time.monotonic()
    while not ended.wait(0.2):
        task = sfn._task_tokens.get(token)
        if task is None or task["event"].is_set():
            continue
        if task["heartbeat"] != heard:
            heard, since = task["heartbeat"], time.monotonic()
        elif time.monotonic() - since > seconds:
            task["error"] = {"Error": "States.Timeout", "Cause": "no heartbeat"}
            task["event"].set()


def attempt(resource, parameters, token, state):
    """An attempt with a token of its own. The parameters carry the one of the state, wherever the definition wants it."""
    own = str(uuid.uuid4())
    parameters = json.loads(json.dumps(parameters).replace(token, own))
    ended = threading.Event()
    if "HeartbeatSeconds" in state:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(miss, own, state["HeartbeatSeconds"], ended), daemon=True).start()
    try:
        return invoke(resource, parameters, own, state)
    finally:
        ended.set()


def once(answer):
    """An answer to a token that nobody has answered yet."""

    def checked(data):
        task = sfn._task_tokens.get(data.get("taskToken"))
        if task and task["event"].is_set():
            return refuse("TaskTimedOut", CLOSED, 400)
        return answer(data)

    return checked


def by_other_names(code, message, status):
    if code == "TaskDoesNotExist":
        return refuse("TaskTimedOut", CLOSED, status)
    return refuse(code, message, status)


def start_once(data):
    machine = sfn._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    if machine is not None:
        name = f"{sfn._state_machines[machine]['name']}:{data.get('name')}"
        known = sfn._executions.get(f"arn:aws:states:{sfn.get_region()}:{sfn.get_account_id()}:execution:{name}")
        if known and known["status"] == "RUNNING" and json.loads(known["input"]) == json.loads(data.get("input", "{}")):
            return sfn.json_response({"executionArn": known["executionArn"], "startDate": known["startDate"]})
    return start(data)


sfn._invoke_with_callback = attempt
sfn.error_response_json = by_other_names
sfn._start_execution = start_once
sfn._send_task_success = once(sfn._send_task_success)
sfn._send_task_failure = once(sfn._send_task_failure)
sfn._send_task_heartbeat = once(sfn._send_task_heartbeat)
