package io.lockkeeper.demo.screens

import java.text.DateFormat
import java.util.Date

/** A time as people write it here, from milliseconds since the Unix epoch. */
internal fun readableTime(millis: Long): String = DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT).format(Date(millis))
