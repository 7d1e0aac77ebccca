-- The people, departments, chats and the approval definition every sandbox begins with.

insert into sandbox.department (open_department_id, department_id, name, parent, leader, position) values
    ('od-5a1d0000000000000000000000000001', 'hq', '总部 HQ', '0', 'ou_5a1d0000000000000000000000000002', 1),
    ('od-5a1d0000000000000000000000000002', 'purchasing', '采购部 Purchasing', 'od-5a1d0000000000000000000000000001', 'ou_5a1d0000000000000000000000000001', 2),
    ('od-5a1d0000000000000000000000000003', 'finance', '财务部 Finance', 'od-5a1d0000000000000000000000000001', 'ou_5a1d0000000000000000000000000003', 3),
    ('od-5a1d0000000000000000000000000004', 'sales', '销售部 Sales', 'od-5a1d0000000000000000000000000001', 'ou_5a1d0000000000000000000000000004', 4),
    ('od-5a1d0000000000000000000000000005', 'warehouse', '仓储部 Warehouse', 'od-5a1d0000000000000000000000000001', 'ou_5a1d0000000000000000000000000005', 5),
    ('od-5a1d0000000000000000000000000006', 'management', '管理层 Management', 'od-5a1d0000000000000000000000000001', 'ou_5a1d0000000000000000000000000002', 6);

insert into sandbox.person (open_id, union_id, user_id, name, email, department, tenant_key, position) values
    ('ou_5a1d0000000000000000000000000001', 'on_5a1d0000000000000000000000000001', 'wangfang', '王芳', 'wangfang@example.com', 'od-5a1d0000000000000000000000000002', 'sandbox0tenant001', 1),
    ('ou_5a1d0000000000000000000000000002', 'on_5a1d0000000000000000000000000002', 'lilei', '李雷', 'lilei@example.com', 'od-5a1d0000000000000000000000000006', 'sandbox0tenant001', 2),
    ('ou_5a1d0000000000000000000000000003', 'on_5a1d0000000000000000000000000003', 'alice', 'Alice Chen', 'alice@example.com', 'od-5a1d0000000000000000000000000003', 'sandbox0tenant001', 3),
    ('ou_5a1d0000000000000000000000000004', 'on_5a1d0000000000000000000000000004', 'zhaomin', '赵敏', 'zhaomin@example.com', 'od-5a1d0000000000000000000000000004', 'sandbox0tenant001', 4),
    ('ou_5a1d0000000000000000000000000005', 'on_5a1d0000000000000000000000000005', 'david', 'David Smith', 'david@example.com', 'od-5a1d0000000000000000000000000005', 'sandbox0tenant001', 5),
    ('ou_5a1d0000000000000000000000000006', 'on_5a1d0000000000000000000000000006', 'guest', 'Guest Wu', 'guest@example.com', null, 'other00tenant0002', 6);

insert into sandbox.chat (chat_id, chat_mode, name, owner, bot, position) values
    ('oc_group0000000000000000000000001', 'group', '采购审批 Purchasing', 'ou_5a1d0000000000000000000000000002', true, 1),
    ('oc_group0000000000000000000000002', 'group', '运维 Ops', 'ou_5a1d0000000000000000000000000002', true, 2),
    ('oc_p2p000000000000000000000000001', 'p2p', '王芳', null, true, 11),
    ('oc_p2p000000000000000000000000002', 'p2p', '李雷', null, true, 12),
    ('oc_p2p000000000000000000000000003', 'p2p', 'Alice Chen', null, true, 13),
    ('oc_p2p000000000000000000000000004', 'p2p', '赵敏', null, true, 14),
    ('oc_p2p000000000000000000000000005', 'p2p', 'David Smith', null, true, 15),
    ('oc_p2p000000000000000000000000006', 'p2p', 'Guest Wu', null, true, 16);

insert into sandbox.chat_member (chat_id, open_id) values
    ('oc_group0000000000000000000000001', 'ou_5a1d0000000000000000000000000001'),
    ('oc_group0000000000000000000000001', 'ou_5a1d0000000000000000000000000002'),
    ('oc_group0000000000000000000000001', 'ou_5a1d0000000000000000000000000003'),
    ('oc_group0000000000000000000000001', 'ou_5a1d0000000000000000000000000004'),
    ('oc_group0000000000000000000000001', 'ou_5a1d0000000000000000000000000005'),
    ('oc_group0000000000000000000000002', 'ou_5a1d0000000000000000000000000002'),
    ('oc_group0000000000000000000000002', 'ou_5a1d0000000000000000000000000005'),
    ('oc_p2p000000000000000000000000001', 'ou_5a1d0000000000000000000000000001'),
    ('oc_p2p000000000000000000000000002', 'ou_5a1d0000000000000000000000000002'),
    ('oc_p2p000000000000000000000000003', 'ou_5a1d0000000000000000000000000003'),
    ('oc_p2p000000000000000000000000004', 'ou_5a1d0000000000000000000000000004'),
    ('oc_p2p000000000000000000000000005', 'ou_5a1d0000000000000000000000000005'),
    ('oc_p2p000000000000000000000000006', 'ou_5a1d0000000000000000000000000006');

insert into sandbox.approval_definition (approval_code, name, status, form, nodes) values (
    '7C468A54-8745-2245-9675-08B7C63E7A85',
    '采购申请 Purchase request',
    'ACTIVE',
    '[{"id":"widget10000000000007001","custom_id":"request_id","name":"申请单号 Request ID","type":"input","required":true,"printable":true},
      {"id":"widget10000000000007002","custom_id":"title","name":"标题 Title","type":"input","required":true,"printable":true},
      {"id":"widget10000000000007003","custom_id":"reason","name":"事由 Reason","type":"textarea","required":false,"printable":true},
      {"id":"widget10000000000007004","custom_id":"amount","name":"金额 Amount","type":"amount","required":true,"printable":true,"value":"CNY","option":{"currencyRange":["CNY","USD","EUR"],"isCapital":false,"isThousandSeparator":true,"keepDecimalPlaces":true}},
      {"id":"widget10000000000007005","custom_id":"currency","name":"币种 Currency","type":"input","required":true,"printable":true}]',
    '[{"node_id":"b078ffd28db767c502ac367053f6e0a1","custom_node_id":"manager","name":"主管审批 Manager","node_type":"AND","need_approver":false,"approvers":["ou_5a1d0000000000000000000000000002"]},
      {"node_id":"c189ffd28db767c502ac367053f6e0b2","custom_node_id":"finance","name":"财务审批 Finance","node_type":"AND","need_approver":false,"approvers":["ou_5a1d0000000000000000000000000003"]}]');
