# Everything is in tasks.py, so that it works without make too: python3 tasks.py demo
PYTHON ?= python3

.PHONY: demo test lab lint docs sample clean
demo test lab lint docs sample clean:
	@$(PYTHON) tasks.py $@
