"""What a document does to an earlier one, and for whom."""

from support.edxml_messages import (
    DOCUMENT,
    edited,
)

from axis.protocol.edxml import (
    BusinessInfo,
    BusinessType,
    ReceiverChange,
    ReceiverType,
    Replacement,
    read,
)

BUSINESS = """<edXML:DocumentId>000.00.00.G94,2027/01/10,9/SGD-VP</edXML:DocumentId>
<edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo>
<edXML:DocumentReceiver>1</edXML:DocumentReceiver><edXML:ReceiverList>
<edXML:Receiver><edXML:OrganId>000.00.00.H95</edXML:OrganId><edXML:ReceiverType>1</edXML:ReceiverType></edXML:Receiver>
<edXML:Receiver><edXML:OrganId>000.00.00.H94</edXML:OrganId><edXML:ReceiverType>0</edXML:ReceiverType></edXML:Receiver>
</edXML:ReceiverList></edXML:BussinessDocumentInfo>
<edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:DocumentId>cũ</edXML:DocumentId>
<edXML:OrganIdList><edXML:OrganId>000.00.00.H94</edXML:OrganId></edXML:OrganIdList></edXML:ReplacementInfo>
</edXML:ReplacementInfoList><edXML:StaffInfo>"""


def test_an_update_says_what_it_changes_and_for_whom():
    data = edited(DOCUMENT, ("<edXML:StaffInfo>", BUSINESS), ("BussinessDocType>0", "BussinessDocType>2"))
    business = read(data).message.business
    assert business.type is BusinessType.UPDATE
    assert business.document_id == "000.00.00.G94,2027/01/10,9/SGD-VP"
    assert business.info == BusinessInfo(
        "1",
        "1",
        (
            ReceiverChange("000.00.00.H95", ReceiverType.ADDED),
            ReceiverChange("000.00.00.H94", ReceiverType.REMOVED),
        ),
    )
    assert business.replacements == (Replacement("cũ", ("000.00.00.H94",)),)
