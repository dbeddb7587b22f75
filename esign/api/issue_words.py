"""What is wrong at a place of a request, by the kind that pydantic gives it: limits are told, values never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("此项必填", "is missing"),
    "extra_forbidden": ("没有此项", "is not known here"),
    "parameter_form": ("参数重复或含有控制字符", "is given twice, or has control characters"),
    "string_type": ("应为文字", "must be a text"),
    "string_too_short": ("至少 {min_length} 个字符", "must have {min_length} characters or more"),
    "string_too_long": ("最多 {max_length} 个字符", "must have {max_length} characters or fewer"),
    "string_pattern_mismatch": ("格式不正确", "is not of the form in the description"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_type": ("应为数字", "must be a number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "greater_than": ("应大于 {gt}", "must be more than {gt}"),
    "greater_than_equal": ("不小于 {ge}", "must be {ge} or more"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("不大于 {le}", "must be {le} or less"),
    "enum": ("应为 {expected}", "must be {expected}"),
    "literal_error": ("应为 {expected}", "must be {expected}"),
    "too_short": ("至少 {min_length} 个", "must have {min_length} entries or more"),
    "too_long": ("最多 {max_length} 个", "must have {max_length} entries or fewer"),
    "list_type": ("应为数组", "must be an array"),
    "tuple_type": ("应为数组", "must be an array"),
    "frozen_set_type": ("应为数组", "must be an array"),
    "dict_type": ("应为对象", "must be an object"),
    "model_type": ("应为对象", "must be an object"),
    "model_attributes_type": ("应为对象", "must be an object"),
    "timezone_aware": ("时间须带时区偏移", "must be a time with its offset from UTC"),
    "datetime_parsing": ("应为 RFC 3339 时间", "must be an RFC 3339 time"),
    "datetime_from_date_parsing": ("应为 RFC 3339 时间", "must be an RFC 3339 time"),
    "datetime_type": ("应为 RFC 3339 时间", "must be an RFC 3339 time"),
    "date_parsing": ("应为日期", "must be a date"),
    "date_from_datetime_parsing": ("应为日期", "must be a date"),
    "url_parsing": ("应为网址", "must be a web address"),
    "url_scheme": ("应为 https 网址", "must be a web address with an accepted scheme"),
    "bytes_invalid_encoding": ("应为 base64", "must be base64"),
    "union_tag_invalid": ("应为 {expected_tags}", "must be one of {expected_tags}"),
    "union_tag_not_found": ("缺少种类", "does not say its kind"),
}
_OTHERWISE: Final = ("不符合说明", "is not as the description says")
_TOLD: Final = ("min_length", "max_length", "gt", "ge", "lt", "le", "expected", "expected_tags")
"""Members of pydantic's context that are ours: limits and choices out of the model."""


def words_of(kind: str, context: Mapping[str, object]) -> tuple[str, str]:
    """Return what is wrong, zh-CN and English."""
    zh, en = _WORDS.get(kind, _OTHERWISE)
    told = {name: context[name] for name in _TOLD if name in context}
    try:
        return zh.format_map(told), en.format_map(told)
    except KeyError:
        return _OTHERWISE
