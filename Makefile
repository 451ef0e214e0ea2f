# make run · make test · make check · make bench. What each does is beside its name.

PYTHON ?= python3
BIN    := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check house bench bench-data screenshots vendor clean

help:  ## esta lista
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

run: .venv/.run  ## instala, prepara la base y sirve la consola en http://127.0.0.1:8000 (PORT=… cambia el puerto)
	@exec $(BIN)/python -m deploy.run

test: .venv/.test  ## todas las pruebas; STRICT=1 no deja ninguna fuera
	@if $(BIN)/python -m deploy.browser; then exec $(PYTEST); \
	elif [ -n "$(STRICT)" ]; then exit 1; \
	else CONSOLE_ALLOW_NO_BROWSER=1 exec $(PYTEST); fi

check: .venv/.test  ## estilo, quién importa a quién, y migraciones iguales a los modelos
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -q tests/house/test_rooms.py tests/house/test_migrations.py

house: .venv/.test  ## lo que cuesta un área y el SQL a mano de cada una; TIMED=1 mide también sus pruebas
	@$(BIN)/python -m deploy.house

bench: .venv/.run  ## las cifras de rendimiento; con SIZE=full, las de una ciudad entera (antes, make bench-data)
	@$(BIN)/python -m deploy.bench$(if $(filter full,$(SIZE)),_full)

bench-data: .venv/.run  ## la base de una ciudad entera: 400,000 cuentas y un año de recibos, en instance/bench (5 GB)
	@$(BIN)/python -m deploy.bench_data

screenshots: .venv/.test  ## las pantallas, para mirarlas
	@$(BIN)/python -m deploy.screenshots

vendor: .venv/.run  ## trae de npm los paquetes de static/vendor/packages.json (sólo esto usa Node)
	@$(BIN)/python -m deploy.vendor

clean:  ## borra el entorno y lo que dejan las herramientas; nunca los datos (instance/)
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis artifacts
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps let a second run start at once, and a changed list install again.
.venv/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Hace falta Python 3.11 o posterior: PYTHON=python3.12 make …"; exit 1; }
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv >/dev/null 2>&1 || \
		{ rm -rf .venv; echo "Falta el módulo venv de Python: apt install python3-venv"; exit 1; }
	@echo "Instalando lo que la consola necesita (sólo la primera vez)…"
	@$(BIN)/pip install -q -r requirements.txt
	@touch $@

.venv/.test: .venv/.run requirements-dev.txt
	@$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@
