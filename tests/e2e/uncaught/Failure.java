package com.shop;

/** Neither its name nor the first line of its report looks like anything. */
public class Failure extends RuntimeException {
	public Failure(String message) {
		super(message);
	}
}
