"""Groups of near rows in a space of several columns: MDAV.

MDAV-generic of Domingo-Ferrer and Torra 2005, Data Min Knowl Disc 11(2), with Euclidean distances: around the row farthest
from the centre of those left, and around the row farthest from that one, the nearest rows are grouped; and so on until
fewer than three groups are left. For n rows in groups of k about 2 n² / k distances are measured.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


@compiled
def group_near(points: Floats, group: int) -> Codes:
    """Give back the number of each row's group, counted from 0; `points` has the shape (rows, columns), at least `group` rows.

    Each group has `group` to 2 · `group` − 1 rows, all but the last one `group`. Of rows equally far or near the first is taken.
    """
    size, columns = points.shape
    labels, left = np.zeros(size, np.int32), np.arange(size)
    distance, centre = np.empty(size), np.empty(columns)
    nearest, places = np.empty(group), np.empty(group, np.int64)
    count, number = size, 0
    while count >= 2 * group:
        _find_centre(points, left, count, centre)
        _measure(points, left, count, centre, distance)
        for _ in range(2 if count >= 3 * group else 1):
            far = _farthest(distance, count)
            for column in range(columns):
                centre[column] = points[left[far], column]
            _measure(points, left, count, centre, distance)
            _find_nearest(distance, count, nearest, places)
            for one in range(group):
                labels[left[places[one]]] = number
                left[places[one]] = -1
            count = _close_up(left, distance, count)
            number += 1
    for at in range(count):
        labels[left[at]] = number
    return labels


@inner
def _find_centre(points: Floats, left: Places, count: int, centre: Floats) -> None:
    for column in range(centre.size):
        total = 0.0
        for at in range(count):
            total += points[left[at], column]
        centre[column] = total / count


@inner
def _measure(points: Floats, left: Places, count: int, centre: Floats, distance: Floats) -> None:
    """Write the squared distance of each row left from `centre`."""
    for at in range(count):
        total = 0.0
        for column in range(centre.size):
            apart = points[left[at], column] - centre[column]
            total += apart * apart
        distance[at] = total


@inner
def _farthest(distance: Floats, count: int) -> int:
    far = 0
    for at in range(1, count):
        if distance[at] > distance[far]:
            far = at
    return far


@inner
def _find_nearest(distance: Floats, count: int, nearest: Floats, places: Places) -> None:
    """Write the least distances and their places, in no order: a heap with the greatest, of equal ones the last, on top."""
    for one in range(nearest.size):
        nearest[one], places[one] = np.inf, count
    for at in range(count):
        if distance[at] < nearest[0]:
            _replace_top(nearest, places, distance[at], at)


@inner
def _replace_top(nearest: Floats, places: Places, distance: float, place: int) -> None:
    at, size = 0, nearest.size
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and _is_behind(nearest[child + 1], places[child + 1], nearest[child], places[child]):
            child += 1
        if not _is_behind(nearest[child], places[child], distance, place):
            break
        nearest[at], places[at] = nearest[child], places[child]
        at = child
    nearest[at], places[at] = distance, place


@inner
def _is_behind(distance: float, place: int, other: float, where: int) -> bool:
    return distance > other or (distance == other and place > where)


@inner
def _close_up(left: Places, distance: Floats, count: int) -> int:
    """Move the rows that are still left together, in their order; give back how many they are."""
    kept = 0
    for at in range(count):
        if left[at] >= 0:
            left[kept], distance[kept] = left[at], distance[at]
            kept += 1
    return kept
