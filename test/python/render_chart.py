"""Lints and renders a Helm chart: the folder and a JSON list of values as arguments, JSON on stdout."""

import json
import sys

import helm_python as helm

folder, values = sys.argv[1], json.loads(sys.argv[2])
chart = helm.Chart.load(folder)


def render(each):
    try:
        chart.validate_schema(each)
        return {"manifests": chart.render(each, name="demo", namespace="prod")}
    except helm.HelmError as error:
        return {"error": str(error)}


print(json.dumps({"lint": helm.lint(folder, strict=True), "rendered": [render(each) for each in values]}))
