.PHONY: demo test rapide

demo:
	./parvis demo

test:
	./parvis test

rapide:
	./parvis test --rapide
